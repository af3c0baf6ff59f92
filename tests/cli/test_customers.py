"""The commands of customers: given out, listed as inactive, anonymised to the last byte of a whole installation."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.services.bytes import in_files

FILE = (
    "CustomerID;FirstName;LastName;Email;Mobile;Gender;InternalNote\n"
    "0;Åse;Berg;ase@example.no;40000001;2;\n"
    "0;Zqwild;Xkjensen;zqwild@example.no;99887766;1;Hemmelig notat om zqwild\n"
    "0;Ola;Lie;ola@example.no;40000003;1;\n"
)
PERSON = ("Zqwild", "Xkjensen", "zqwild@example.no", "99887766", "Hemmelig notat")


def run(environment: dict[str, str], *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kundekort.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, input=text, check=False)


def test_a_person_is_given_out_and_forgotten_to_the_last_byte(environment: dict[str, str], tmp_path: Path) -> None:
    data = Path(environment["KUNDEKORT_DATA"])
    assert run(environment, "import", "-", "--yes", text=FILE).returncode == 0
    edit = "CustomerID;InternalNote;Gender\n2;Zqwild ringte;1\n3;Lie ringte;1\n"
    assert run(environment, "import", "-", "--yes", text=edit).returncode == 0
    given = run(environment, "customers", "disclose", "2", "-o", str(tmp_path / "all.zip"))
    assert given.returncode == 0, given.stderr
    with zipfile.ZipFile(tmp_path / "all.zip") as package:
        assert b"Zqwild ringte" in package.read("customer-2/everything.json")
    assert in_files(PERSON, data)
    asked = run(environment, "customers", "anonymise", "2")
    assert asked.returncode == 2
    assert "1 value in its history" in asked.stderr
    assert "Use --yes to anonymise" in asked.stderr
    done = run(environment, "customers", "anonymise", "2", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Nothing is left of them on the disk" in done.stderr
    assert not in_files(PERSON, data)
    assert in_files(("Åse", "Lie ringte"), data)
    again = run(environment, "customers", "anonymise", "2", "--yes")
    assert (again.returncode, "was anonymised" in again.stderr) == (2, True)
    revived = run(environment, "import", "-", "--preview", text="CustomerID;FirstName;Gender\n2;Ny;1\n")
    assert revived.returncode == 3
    assert "The number is never used again" in revived.stdout + revived.stderr
    (tmp_path / "backup").mkdir()
    assert run(environment, "backup", str(tmp_path / "backup" / "register.kundekort")).returncode == 0
    assert in_files(("Lie ringte",), tmp_path / "backup")
    assert not in_files(PERSON, tmp_path / "backup")


def test_nobody_is_inactive_until_a_rule_says_so(environment: dict[str, str]) -> None:
    assert run(environment, "import", "-", "--yes", text=FILE).returncode == 0
    asked = run(environment, "customers", "inactive")
    assert (asked.returncode, "Set the months first" in asked.stderr) == (2, True)
    assert run(environment, "customers", "clear").returncode == 0
