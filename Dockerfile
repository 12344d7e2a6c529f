# One image for the web server, the worker, the clock and every command.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 VAR_DIR=/var/lib/paperboy
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/paperboy paperboy

# With --build-arg REQUIREMENTS=llm the image has what language models need to write summaries.
ARG REQUIREMENTS=runtime
WORKDIR /app
COPY requirements/${REQUIREMENTS}.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/${REQUIREMENTS}.txt

COPY . .
RUN VAR_DIR=/tmp/build python manage.py collectstatic --no-input && rm -r /tmp/build

USER paperboy
VOLUME /var/lib/paperboy
EXPOSE 8000
HEALTHCHECK --start-period=30s --interval=30s --timeout=5s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://localhost:8000/healthz', timeout=4)"]

# By itself the image is a whole machine; docker-compose.yml gives each part a container of its own.
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]
