"""The history of the content from git, and what is said where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.answers.library import Library
from console.content import git
from tests.console.content import edit, library  # noqa: F401 - a fixture
from tests.console.page import CheckingClient

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("git") is None, reason="no git on this machine"),
]

COST = "answers/return/return_cost.yml"


def run(folder: Path, *arguments: str) -> str:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _WHO.items()},
    }
    done = subprocess.run(["git", *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=True)
    return done.stdout


_WHO = {"NAME": "Eva Editora", "EMAIL": "eva@example.org", "DATE": "2031-05-20T12:00:00-05:00"}


@pytest.fixture
def checkout(library: Library) -> Path:  # noqa: F811
    """The copy of the content in a checkout with two changes; returns its top folder."""
    top = library.root.parent
    run(top, "init", "-q", "-b", "main")
    run(top, "add", "content")
    run(top, "commit", "-qm", "The answers begin")
    edit(library, COST, "No le cuesta nada", "Es gratis")
    run(top, "commit", "-qam", "The cost is said <b>plainly</b>")
    (top / "secret.txt").write_text("not of the content", encoding="utf-8")
    run(top, "add", "secret.txt")
    run(top, "commit", "-qm", "Something else")
    return top


def page(client: CheckingClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_topic_shows_its_changes_and_each_shows_what_it_did(staff: CheckingClient, checkout: Path) -> None:
    html = page(staff, "/console/content/topics/return_cost/")
    assert "The cost is said &lt;b&gt;plainly&lt;/b&gt;" in html and "Eva Editora" in html
    assert "eva@example.org" not in html and "Something else" not in html
    commit = run(checkout, "rev-parse", "HEAD~1").strip()
    change = page(staff, f"/console/content/history/{commit}/")
    assert "<ins>" in change and "Es gratis" in change and "<del>" in change
    assert "return_cost.yml" in change and "eva@example.org" not in change


def test_a_file_is_followed_to_the_name_that_it_had_before(library: Library, checkout: Path) -> None:  # noqa: F811
    run(checkout, "mv", f"content/{COST}", "content/answers/return/return_price.yml")
    run(checkout, "commit", "-qm", "Another name")
    found = git.history(library.root, "answers/return/return_price.yml")
    assert [one.subject for one in found.commits] == [
        "Another name",
        "The cost is said <b>plainly</b>",
        "The answers begin",
    ]


def test_what_was_changed_here_and_not_committed_is_shown(
    staff: CheckingClient,
    library: Library,  # noqa: F811
    checkout: Path,
) -> None:
    assert "todavía no está en el historial" not in page(staff, "/console/content/history/")
    edit(library, COST, "Es gratis", "No cuesta")
    html = page(staff, "/console/content/history/")
    assert "todavía no está en el historial" in html and "No cuesta" in html
    assert "The answers begin" in html and "Something else" not in html and "not of the content" not in html


def test_a_change_outside_of_the_content_is_not_shown(staff: CheckingClient, checkout: Path) -> None:
    elsewhere = run(checkout, "rev-parse", "HEAD").strip()
    assert staff.get(f"/console/content/history/{elsewhere}/").status_code == 404


@pytest.mark.parametrize("commit", ["HEAD", "main", "0" * 40, "--output=x", "-p", "abc", "A" * 40, "g" * 40])
def test_what_is_no_commit_is_not_found(staff: CheckingClient, checkout: Path, commit: str) -> None:
    assert staff.get(f"/console/content/history/{commit}/").status_code == 404
    assert not (checkout / "x").exists()


def test_a_shallow_clone_says_that_there_was_more(
    staff: CheckingClient,
    library: Library,  # noqa: F811
    checkout: Path,
    tmp_path: Path,
) -> None:
    run(tmp_path, "clone", "-q", "--depth=1", f"file://{checkout}", "shallow")
    found = git.history(tmp_path / "shallow" / "content")
    assert not found.whole and len(found.commits) == 1
    assert git.history(library.root).whole


def test_without_a_checkout_a_sentence_says_so(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    for address in ("history/", "topics/return_cost/"):
        assert "no está en un repositorio de git" in page(staff, f"/console/content/{address}")
    assert staff.get(f"/console/content/history/{'0' * 40}/").status_code == 404


def test_a_checkout_without_any_change_is_no_history(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    run(library.root.parent, "init", "-q", "-b", "main")
    assert "no está en un repositorio de git" in page(staff, "/console/content/history/")


def test_without_git_a_sentence_says_so(staff: CheckingClient, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git.shutil, "which", lambda _: None)
    assert "git no está instalado" in page(staff, "/console/content/history/")
    assert "git no está instalado" in page(staff, "/console/content/topics/return_cost/")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another account")
def test_a_folder_of_another_account_is_left_alone_and_the_cure_is_said(staff: CheckingClient, checkout: Path) -> None:
    for path in (checkout, checkout / ".git", checkout / "content"):
        os.chown(path, 12345, 12345)
    html = page(staff, "/console/content/history/")
    assert "es de otra cuenta de la máquina" in html and "safe.directory" in html


def test_programs_named_in_the_configuration_are_not_run(
    staff: CheckingClient,
    library: Library,  # noqa: F811
    checkout: Path,
    tmp_path: Path,
) -> None:
    mark = tmp_path / "ran"
    (checkout / ".gitattributes").write_text("*.yml diff=evil\n", encoding="utf-8")
    for name in ("core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager"):
        run(checkout, "config", name, f"touch {mark} #")
    edit(library, COST, "Es gratis", "No cuesta")
    commit = run(checkout, "rev-parse", "HEAD~1").strip()
    for address in ("history/", f"history/{commit}/", "topics/return_cost/"):
        page(staff, f"/console/content/{address}")
    assert not mark.exists()


def test_git_that_hangs_or_says_too_much_is_cut_off(
    library: Library,  # noqa: F811
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(git, "MOST", 100)
    edit(library, COST, "Es gratis", "No cuesta")
    found = git.uncommitted(library.root)
    assert found.cut and sum(map(len, found.lines)) <= 100
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec sleep 30\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(git.shutil, "which", lambda _: str(slow))
    monkeypatch.setattr(git, "TIMEOUT", 0.2)
    with pytest.raises(git.NoHistory) as caught:
        git.history(library.root)
    assert caught.value.absence is git.Absence.TROUBLE


def test_git_is_told_no_secret_and_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    told = git._environ()
    assert "a secret" not in told.values() and "GIT_DIR" not in told and told["GIT_TERMINAL_PROMPT"] == "0"
