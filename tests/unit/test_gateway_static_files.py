"""The web terminal's files: what is served, how, and that nothing else is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.gateway.static_files import StaticFiles


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> StaticFiles:
    base = tmp_path_factory.mktemp("static")
    root = base / "terminal"
    (root / "js").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html>")
    (root / "js" / "main.js").write_text("export {};")
    (root / "__init__.py").write_text("secret")
    (base / "secret.js").write_text("secret")
    return StaticFiles(root)


@pytest.mark.parametrize(
    ("target", "content_type"),
    [
        ("/terminal/", "text/html; charset=utf-8"),
        ("/terminal/?x=1", "text/html; charset=utf-8"),
        ("/terminal/index.html", "text/html; charset=utf-8"),
        ("/terminal/js/main.js", "text/javascript; charset=utf-8"),
        ("/terminal/js/main.js?v=2", "text/javascript; charset=utf-8"),
    ],
)
def test_files_have_their_type_and_the_browser_its_limits(files: StaticFiles, target: str, content_type: str) -> None:
    for _ in range(2):
        response = files.respond(target)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == content_type
        assert int(response.headers["Content-Length"]) == len(response.body or b"")
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("target", ["/", "/terminal"])
def test_the_short_address_leads_to_the_terminal(files: StaticFiles, target: str) -> None:
    response = files.respond(target)
    assert (response.status_code, response.headers["Location"]) == (302, "/terminal/")


@pytest.mark.parametrize(
    "target",
    [
        "/terminal/../secret.js",
        "/terminal/%2e%2e/secret.js",
        "/terminal/%2e%2e%2fsecret.js",
        "/terminal/js/../../secret.js",
        "/terminal/..\\secret.js",
        "/terminal//etc/hosts.js",
        "/terminal/js%00.js",
        "/terminal/__init__.py",
        "/terminal/js",
        "/terminal/js/",
        "/terminal/none.js",
        "/secret.js",
        "/v2",
        "terminal/index.html",
        "//[",
        "//elsewhere/terminal/index.html",
    ],
)
def test_nothing_else_is_served(files: StaticFiles, target: str) -> None:
    response = files.respond(target)
    assert response.status_code == 404
    assert b"secret" not in (response.body or b"")


@given(st.text(max_size=60))
def test_no_path_leaves_the_folder(files: StaticFiles, path: str) -> None:
    response = files.respond(f"/terminal/{path}")
    assert b"secret" not in (response.body or b"")
    assert response.status_code in (200, 404)


def test_the_real_terminal_is_there() -> None:
    files = StaticFiles()
    assert files.respond("/terminal/").status_code == 200
    root = Path(__file__).parents[2] / "resources" / "terminal"
    for path in root.rglob("*"):
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts:
            name = path.relative_to(root).as_posix()
            assert files.respond(f"/terminal/{name}").status_code == 200, name
