"""Settings: one table, checked values, a fixed order of precedence."""

from pathlib import Path

import pytest

from search.errors import InvalidSettings
from search.settings import Settings, read_toml

README = Path(__file__).parent.parent / "README.md"


def test_precedence_is_flag_environment_table_default():
    """Each source of a value hides the ones after it, and a flag of None counts as not given."""
    environment = {"BAYEGAN_PORT": "2"}
    table = {"port": 3}
    assert Settings.resolve({"port": 1}, table, environment).port == 1
    assert Settings.resolve({"port": None}, table, environment).port == 2
    assert Settings.resolve({}, table, {}).port == 3
    assert Settings.resolve({}, {}, {}).port == 8000


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("port", "http", "setting port must be a whole number from 0 to 65535, not 'http'"),
        ("port", 70000, "setting port must be a whole number from 0 to 65535, not 70000"),
        ("workers", True, "setting workers must be a whole number from 0 to 256, not True"),
        ("host", "", "setting host must be a text that is not empty, not ''"),
        ("prot", 1, "unknown setting 'prot' in archive.toml; known are archive, host, port"),
    ],
)
def test_unusable_values_are_named(name, value, message):
    """A wrong value or name is an error that says which and what would be right."""
    with pytest.raises(InvalidSettings) as raised:
        Settings.resolve({}, {name: value}, {})
    assert str(raised.value).startswith(message)


def test_every_setting_is_documented_in_the_readme():
    """The README's table of settings has each name, default and help exactly as the code has them."""
    text = README.read_text(encoding="utf-8")
    for name, default, sentence in Settings.describe():
        assert f"| `{name}` | `{default}` | {sentence} |" in text


def test_toml_is_read_or_the_line_is_named(tmp_path):
    """A missing file is no settings; a malformed one is an error with its line."""
    assert read_toml(tmp_path / "absent.toml") == ({}, "")
    (tmp_path / "good.toml").write_text('\ufefftitle = "بایگان"', encoding="utf-8")
    assert read_toml(tmp_path / "good.toml")[0] == {"title": "بایگان"}
    (tmp_path / "bad.toml").write_text("a = 1\nb = = 2", encoding="utf-8")
    with pytest.raises(InvalidSettings, match="line 2"):
        read_toml(tmp_path / "bad.toml")
