import pytest

from papers.sources.names import once_encoded, person_name


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (r"Paulo Andr\'e Lima de Castro", "Paulo André Lima de Castro"),
        (r"Nguy\~ên", "Nguyễn"),
        (r"Bj\"{o}rn {\'E}mile", "Björn Émile"),
        (r"Jos\'{\i} Mar\'\ia", "Josí María"),
        (r"\v{S}trba \c{C}etin \c cam", "Štrba Çetin çam"),
        (r"\L{}ukasz S\o ren Gro\ss er \AA ke", "Łukasz Søren Großer Åke"),
        (r"Erd\H{o}s P\'al", "Erdős Pál"),
        (r"Conan O\'Brien", "Conan O'Brien"),
        ("Conan O'Brien", "Conan O'Brien"),
        ("Kimi Team", "Kimi Team"),
        ("{Team}", "{Team}"),
        ("e\u0301mile\n Zola", "émile Zola"),
    ],
)
def test_tex_accents_become_the_letters_they_stand_for(told, name):
    assert person_name(told) == name


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Dirk W\u00c3\u00bcbben", "Dirk Wübben"),
        ("Oliver Wei\u00c3\u009fl", "Oliver Weißl"),
        ("Mika V. M\u00c3\u00a4ntyl\u00c3\u00a4", "Mika V. Mäntylä"),
        ("Dirk Wübben", "Dirk Wübben"),
        ("São Tomé Ã", "São Tomé Ã"),
        ("Łukasz W\u00c3\u00bc", "Łukasz W\u00c3\u00bc"),
        ("Ada Lovelace", "Ada Lovelace"),
    ],
)
def test_a_name_that_was_encoded_twice_is_read_again(told, name):
    assert once_encoded(told) == name
