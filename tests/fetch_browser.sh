#!/bin/sh
# Where no browser is installed, fetch one for the tests: from npm into node_modules, which needs
# no rights, else as root from the distribution. Fails never: the tests say what they did without.
set -u
cd "$(dirname "$0")/.."

package=@sparticuz/chromium@147.0.0 # the last for Node.js 20
folder=node_modules/.chromium

if [ -n "${CHROMIUM:-}" ] || [ -x "$folder/chromium" ]; then exit; fi
if command -v chromium || command -v google-chrome; then exit; fi >/dev/null

if command -v npm >/dev/null; then
    echo "Fetching a browser for the tests (npm, 75 MB) ..."
    npm install --no-save --no-package-lock --no-audit --no-fund --silent --prefix . "$package" &&
        mkdir -p "$folder" &&
        # The variable makes it unpack the shared libraries, too, that a bare machine lacks.
        AWS_LAMBDA_JS_RUNTIME=nodejs22.x TMPDIR="$PWD/$folder" node --input-type=module \
            -e 'import chromium from "@sparticuz/chromium"; await chromium.executablePath()' &&
        # Without a single font it ends at once. It brings one, and a list of folders of its own.
        cat >"$folder/fonts.conf" <<-END &&
		<fontconfig>
		  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
		  <dir prefix="relative">fonts</dir>
		</fontconfig>
		END
        exit
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Fetching a browser for the tests (Debian's chromium) ..."
    apt-get -qq update && apt-get -qq install --no-install-recommends chromium >/dev/null && exit
fi
echo "No browser here and none to be fetched: tests that need one will be skipped." >&2
