#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""torgctl as a user and as a script sees it: exit codes, JSON, files, and what it says when it cannot."""

import csv
import datetime
import json
import locale
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

import bitrix24

TORGCTL = os.environ["TORGCTL"]
DIR = tempfile.mkdtemp(prefix="torg-test-")
ENV = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="en", XDG_DATA_HOME=os.path.join(DIR, "home"), TZ="Europe/Moscow")
tests = []


def test(function):
    tests.append(function)
    return function


def path(name):
    return os.path.join(DIR, name)


def run(*args, replica="a.db", code=0, env=None, **more):
    """Runs torgctl; gives what it printed."""
    command = [more.pop("program", TORGCTL)] + (["--replica", path(replica)] if replica else []) + list(args)
    done = subprocess.run(command, env=dict(ENV, **(env or {})), capture_output=True, timeout=60, **more)
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert done.returncode == code, f"{args}: {done.returncode}, not {code}: {out}{err}"
    return out if code == 0 else err + out


def run_json(*args, **more):
    return json.loads(run("--json", *args, **more))


def write(name, text):
    with open(path(name), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path(name)


def write_book(name, sheets):
    """A workbook of sheets: {name: rows of texts}."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    listed, related = "", ""
    with zipfile.ZipFile(path(name), "w") as book:
        for i, (title, rows) in enumerate(sheets.items(), 1):
            cells = "".join("<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row) + "</row>"
                            for row in rows)
            book.writestr(f"xl/worksheets/sheet{i}.xml", f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>')
            listed += f'<sheet name="{title}" sheetId="{i}" r:id="r{i}"/>'
            related += f'<Relationship Id="r{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}">{related}</Relationships>')
        book.writestr("_rels/.rels", f'<Relationships xmlns="{package}"><Relationship Id="r1" '
                      f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    return path(name)


@test
def sheets():
    book = write_book("book.xlsx", {"Обложка": [], "Клиенты": [["Название", "Город"], ["ООО «Первый»", "Тверь"]],
                                    "Ещё": [["Название"], ["АО «Второй»"], ["АО «Третий»"]], "3": []})
    options = ["import", "--type", "company", "--dry-run"]
    assert run_json(*options, book, replica="sheets.db")["created"] == 1
    assert run_json(*options, "--sheet", "Ещё", book, replica="sheets.db")["created"] == 2
    assert run_json(*options, "--sheet", "2", book, replica="sheets.db")["created"] == 1
    assert "nothing in the file" in run(*options, "--sheet", "4", book, replica="sheets.db", code=1)
    assert "nothing in the file" in run(*options, "--sheet", "3", book, replica="sheets.db", code=1)
    assert "“Нет”. The file has: Обложка, Клиенты, Ещё, 3" in run(*options, "--sheet", "Нет", book, replica="sheets.db", code=3)
    run(*options, "--sheet", "5", book, replica="sheets.db", code=3)
    run(*options, "--sheet", "x", write("one.csv", "Название\nООО Один\n"), replica="sheets.db", code=3)


@test
def settled_import():
    """Which row the headers are, what is remembered of a mapping, and the rows that fail, to be put right."""
    table = write("plain.csv", "Ромашка;Тверь\nЛютик;Пермь\n")
    mapping = write("plain.json", '{"columns": {"Column 1": "name", "Column 2": "city"}}')
    assert run_json("import", "--type", "company", "--header", "0", "--map", mapping, table, replica="settled.db")["created"] == 2
    run("import", "--type", "company", "--header", "3", table, replica="settled.db", code=2)
    deals = write("deals.csv", "Отчёт;;\nНазвание сделки;Сумма;Дата закрытия\nНасосы;100;03/04/2027\nКраны;сто;05/06/2027\n")
    dates = write("dates.json", '{"dates": {"Дата закрытия": "mdy"}, "columns": {"Сумма": "amount", "Дата закрытия": "expected"}}')
    failed, saved = path("failed.csv"), path("saved.json")
    done = run_json("import", "--type", "deal", "--header", "2", "--map", dates, "--save-map", saved, "--failed", failed, deals, replica="settled.db")
    assert (done["created"], done["failed"]) == (1, 1), done
    assert run_json("list", "deal", replica="settled.db")[0]["fields"]["expected"] == "2027-03-04"
    with open(failed, encoding="utf-8-sig") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[0] == ["Название сделки", "Сумма", "Дата закрытия", "Why not imported"] and rows[1][:3] == ["Краны", "сто", "05/06/2027"], rows
    assert rows[1][3].startswith("Сумма: "), rows
    with open(failed, "w", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=";").writerows([rows[0], ["Краны", "300", *rows[1][2:]]])
    again = run_json("import", "--type", "deal", "--map", saved, failed, replica="settled.db")
    assert (again["created"], again["failed"]) == (1, 0), again
    cranes = next(deal for deal in run_json("list", "deal", replica="settled.db") if deal["title"] == "Краны")
    assert cranes["fields"]["expected"] == "2027-05-06" and cranes["fields"]["amount"]["minor"] == 30000


def documented(name):
    """What the documentation of Bitrix24 shows; None, said aloud, where ../shared/data is missing."""
    archive = pathlib.Path(os.environ["TORG_SHARED_DATA"]) / "bitrix24.tar.gz"
    if not archive.exists():
        print(f"# left out: {archive} is missing")
        return None
    with tarfile.open(archive) as tar:
        return json.load(tar.extractfile(f"bitrix24/b24restdocs/{name}.response.1.json"))["result"]


def make_portal():
    """As documented, and many more."""
    statuses = documented("crm-status-list")
    lists = {"crm.status.list": statuses, "crm.category.list": documented("crm-category-list")["categories"], "user.get": documented("user-get"),
             "crm.company.list": documented("crm-company-list"), "crm.contact.list": documented("crm-contact-list"),
             "crm.lead.list": [documented("crm-lead-get")], "crm.deal.list": documented("crm-deal-list"), "crm.product.list": [],
             "crm.activity.list": [], "crm.deal.productrows.get": documented("crm-deal-productrows-get")}
    lists["crm.company.list"] = sorted(lists["crm.company.list"] + [{"ID": str(10000 + i), "TITLE": f"Компания {i}"} for i in range(730)],
                                       key=lambda row: int(row["ID"]))
    lists["crm.activity.list"] = [{"ID": str(i + 1), "TYPE_ID": "2", "SUBJECT": "Позвонить", "OWNER_TYPE_ID": "4", "OWNER_ID": str(10000 + i),
                                   "COMPLETED": "N", "DEADLINE": "2027-01-01T10:00:00+03:00"} for i in range(120)]
    for method in ("crm.contact.list", "crm.deal.list"):
        lists[method] = sorted(lists[method], key=lambda row: int(row["ID"]))
    return lists


@test
def import_bitrix24():
    if documented("crm-status-list") is None:
        return
    with bitrix24.Portal(make_portal()) as portal:
        portal.limits = 1
        env = {"TORG_WEBHOOK": portal.address}
        done = run_json("import-bitrix24", replica="portal.db", env=env)
        assert not done["failures"] and not done["resumed"], done
        assert done["counts"]["company"]["created"] == 731 and done["counts"]["activity"]["created"] == 120, done
        assert done["counts"]["person"]["created"] == 5 and done["counts"]["lead"]["created"] == 1, done
        assert run_json("count", "deal", replica="portal.db")["count"] == len(portal.lists["crm.deal.list"])
        assert len(portal.asked) < 40 and set(portal.asked[10:]) == {"batch"}, portal.asked
        assert any(row["fields"]["name"] == "Path to Success" for row in run_json("list", "pipeline", replica="portal.db"))
        assert run_json("check", replica="portal.db")["ok"]
        again = run_json("import-bitrix24", replica="portal.db", env=env)
        assert all(count["created"] == count["failed"] == 0 for count in again["counts"].values()), again
        for text in (run("list", "deal", replica="portal.db"), run("history", done["import_id"], replica="portal.db", code=3)):
            assert bitrix24.SECRET not in text
        run("undo-import", done["import_id"], replica="portal.db")
        assert run_json("count", "company", replica="portal.db")["count"] == 0


@test
def import_bitrix24_broken_off():
    """The network goes in the middle; the next time it goes on from there. What is wrong is said without the secret."""
    if documented("crm-status-list") is None:
        return
    with bitrix24.Portal(make_portal()) as portal:
        env = {"TORG_WEBHOOK": portal.address}
        portal.break_after = 11
        text = run("import-bitrix24", replica="broken.db", env=env, code=1)
        assert "cannot be reached" in text and bitrix24.SECRET not in text, text
        n = run_json("count", "company", replica="broken.db")["count"]
        assert 0 < n < 731, n
        portal.break_after = None
        done = run_json("import-bitrix24", replica="broken.db", env=env)
        assert done["resumed"] and done["counts"]["company"]["created"] == 731 - n, done
        del portal.lists["crm.lead.list"]
        hidden = run_json("import-bitrix24", replica="hidden.db", env=env)
        assert len(hidden["failures"]) >= 1 and hidden["counts"]["company"]["created"] == 731, hidden
    for wrong in ("", "nothing", "https://example.bitrix24.ru/", "http://example.bitrix24.ru/rest/1/abc/", "ftp://127.0.0.1/rest/1/abc/",
                  portal.address.replace(bitrix24.SECRET, "wr0ng")):
        text = run("import-bitrix24", replica="wrong.db", env={"TORG_WEBHOOK": wrong}, code=1, input=b"")
        assert "wr0ng" not in text and "abc" not in text, text


@test
def help_and_usage():
    text = run("--help", replica=None)
    for command in "demo import imports undo-import export exports list count show set search history connect sync outbox attention check".split():
        assert f"\n  {command} " in text, command
        assert command in run(command, "--help", replica=None)
    assert run("--version", replica=None).startswith("torgctl ")
    run(replica=None, code=2)
    for wrong in (["nothing"], ["list"], ["show"], ["set", "x"], ["demo"], ["demo", "--records", "x"], ["import", "f"],
                  ["count"], ["search"], ["history"], ["check", "x"], ["--nothing"], ["demo", "--records", "500", "--lang", "de"],
                  ["list", "company", "--nothing"], ["export", "x"], ["undo-import"]):
        run(*wrong, code=2)


@test
def missing_file():
    for command in (["list", "company"], ["check"], ["show", "x"], ["search", "x"], ["export", "--type", "deal", path("x.csv")]):
        assert path("none.db") in run(*command, replica="none.db", code=3)
    assert not os.path.exists(path("none.db"))
    assert "error" in json.loads(run("--json", "check", replica="none.db", code=3))
    # Without a name it is the user's own.
    assert os.path.join(DIR, "home", "torg", "replica.db") in run("check", replica=None, code=3)


@test
def demo():
    made = run_json("demo", "--records", "1000", "--seed", "3", "--date", "2026-03-02")
    assert made["records"] == 1000
    run("demo", "--records", "1000", "--seed", "3", code=1)
    types = "user department pipeline stage tag dictionary field_def vat_rate product company person company_person " \
            "legal_entity own_entity production_calendar lead deal deal_line activity attachment history plan".split()
    assert sum(run_json("count", type)["count"] for type in types) == 1000
    assert run_json("check") == {"ok": True, "problems": []}
    assert "All is well" in run("check")
    run("demo", "--records", "500", "--seed", "1", "--lang", "en", replica="en.db")
    assert any(row["fields"]["name"] == "Won" for row in run_json("list", "stage", replica="en.db"))


@test
def list_and_count():
    rows = run_json("list", "company", "--limit", "5")
    assert len(rows) == 5
    for row in rows:
        assert row["type"] == "company" and len(row["id"]) == 36 and row["title"] == row["fields"]["name"]
    assert len(run("list", "companies", "--limit", "5").splitlines()) == 5
    n = run_json("count", "deal")["count"]
    assert run("count", "deal") == f"{n}\n"
    stages = {row["title"] for row in run_json("list", "stage")}
    by_stage = {name: run_json("count", "deal", "--where", f"stage={name}")["count"] for name in stages}
    assert sum(by_stage.values()) == n and by_stage["Успешно"] > 0
    owner = next(row for row in run_json("list", "deal") if "owner" in row["titles"])
    name, id = owner["titles"]["owner"], owner["fields"]["owner"]
    assert run_json("count", "deal", "--where", f"owner={name}") == run_json("count", "deal", "--where", f"owner={id}")
    both = run_json("count", "deal", "--where", f"owner={id}", "--where", "stage=Успешно")["count"]
    cities = {company["id"]: company["fields"].get("city") for company in run_json("list", "company", "--limit", "100000")}
    city = next(city for city in cities.values() if city)
    deals = run_json("list", "deal", "--limit", "100000")
    there = [deal for deal in deals if cities.get(deal["fields"].get("company")) == city]
    assert run_json("count", "deal", "--where", f"company.city={city}")["count"] == len(there)
    run("count", "deal", "--where", "company.nothing=1", code=3)
    groups = run_json("groups", "deal", "stage", "--where", f"company.city={city}")
    assert sum(group["count"] for group in groups) == len(there)
    by_city = [group for group in run_json("groups", "deal", "company.city") if group["key"] == city]
    assert sum(group["count"] for group in by_city) == len(there)
    assert sum(group["sum"] for group in by_city) == sum(group["sum"] for group in groups)
    run("groups", "deal", "amount", code=1)
    assert 0 <= both <= by_stage["Успешно"]
    run("list", "nothing", code=3)
    run("count", "deal", "--where", "nothing=1", code=3)
    run("count", "deal", "--where", "stage=Нет такой", code=3)
    run("count", "deal", "--where", "stage", code=2)


@test
def json_in_any_locale():
    for name in ("C", "POSIX", "C.UTF-8"):
        rows = run_json("list", "stage", env={"LC_ALL": name})
        assert any(row["title"] == "Успешно" for row in rows), name
        assert run_json("search", "успешно", env={"LC_ALL": name}) == []


@test
def lines_of_a_deal():
    """A deal shows its lines and what they come to, by currency and rate, to the kopeck."""
    run("demo", "--records", "3000", "--lang", "ru", replica="lines.db")
    deal = next(id for id in (row["id"] for row in run_json("list", "deal", replica="lines.db"))
                if len(run_json("show", id, replica="lines.db")["lines"]) == 1)
    line = run_json("show", deal, replica="lines.db")["lines"][0]["id"]
    run("set", line, "quantity=3", "price=1 000,33 ₽", "discount=12,5", "vat_rate=22 %", "unit=шт", replica="lines.db")
    shown = run_json("show", deal, replica="lines.db")
    # 3000.99 less 12.5 % is 2625.86625; 22/122 of 2625.87 is 473.5175…
    assert shown["lines"][0]["sum"] == {"minor": 262587, "currency": "RUB", "vat_minor": 47352}, shown["lines"][0]
    assert shown["totals"] == [{"currency": "RUB", "minor": 262587,
                                "rates": [{"rate": "22", "minor": 262587, "vat_minor": 47352}]}], shown["totals"]
    text = run("show", deal, replica="lines.db")
    assert "Total: 2,625.87" in text.replace("₽", "").replace("\u00a0", "") and "incl. VAT 22%: " in text, text
    assert shown["lines"][0]["fields"]["name"] in text
    run("set", line, "price=10 USD", "discount=", "vat_rate=Без НДС", replica="lines.db")
    assert run_json("show", deal, replica="lines.db")["totals"] == [
        {"currency": "USD", "minor": 3000, "rates": [{"rate": None, "minor": 3000, "vat_minor": 0}]}]
    # No total rather than a wrong one.
    run("set", line, "discount=101", replica="lines.db")
    shown = run_json("show", deal, replica="lines.db")
    assert shown["totals"] == [] and "0 to 100" in shown["lines"][0]["trouble"], shown
    assert "0 to 100" in run("show", deal, replica="lines.db")


@test
def show_set_history():
    company = run_json("list", "company", "--limit", "1")[0]
    id = company["id"]
    run("set", id, "name=Ромашка", "city=Тверь", "revenue=1 234,50 ₽", "phones=+7 495 123-45-67")
    shown = run_json("show", id)
    assert shown["fields"]["name"] == "Ромашка"
    assert shown["fields"]["revenue"] == {"minor": 123450, "currency": "RUB"}
    assert "Ромашка" in run("show", id)
    changes = run_json("history", id)
    assert {line["fields"]["field"] for line in changes[:4]} >= {"name", "city"}
    assert "Тверь" in run("history", id)
    run("set", id, "city=")
    assert "city" not in run_json("show", id)["fields"]
    run("set", id, "name=", code=1)
    run("set", id, "nothing=1", code=3)
    run("set", id, "owner=Никто Такой", code=3)
    run("set", id, "revenue=много", code=1)
    run("set", id, "name", code=2)
    run("set", id, "created=вчера или позже", code=1)
    run("set", "00000000-0000-7000-8000-000000000000", "name=x", code=3)
    run("show", "00000000-0000-7000-8000-000000000000", code=3)
    run("show", "nothing", code=3)
    # A stage by its name; a lost deal wants a reason.
    deal = run_json("list", "deal", "--where", "stage=Новая", "--limit", "1")[0]["id"]
    run("set", deal, "stage=Отказ", code=1)
    run("set", deal, "stage=Отказ", "lost_reason=Дорого")
    assert run_json("show", deal)["titles"]["stage"] == "Отказ"
    assert [row["id"] for row in run_json("search", "ромашка")] == [id]
    assert run_json("search", "нетникогонетакого") == []
    assert run_json("check")["ok"]


@test
def refused():
    # The replica itself is no place to export to, under whatever name.
    os.link(path("a.db"), path("link.db"))
    os.symlink("a.db", path("symlink.db"))
    for name in ("a.db", "a.db-wal", "a.db-shm", "./a.db", "link.db", "symlink.db"):
        assert "where your data lies" in run("export", "--type", "company", path(name), code=1), name
    assert "CSV and XLSX" in run("export", "--type", "company", path("clients.pdf"), code=1)
    # Who took what along is noted, and stays so.
    noted = run_json("exports")
    n = run_json("export", "--type", "company", path("noted.csv"))["exported"]
    last = run_json("exports")[0]
    assert len(run_json("exports")) == len(noted) + 1, noted
    assert (last["fields"]["what"], last["fields"]["records"]) == ("company", n) and last["fields"]["owner"], last
    for words in (("set", last["id"], "what=deal"), ("delete", last["id"])):
        assert "stays noted" in run(*words, code=1)
    assert run_json("exports")[0] == last and "company" in run("exports")
    # What could not be written is none, and leaves nothing.
    os.mkdir(path("noted.d.csv"))
    run("export", "--type", "company", path("nowhere/noted.csv"), code=1)
    assert run_json("exports")[0] == last
    run("export", "--type", "company", path("noted.d.csv"), code=1)
    assert not [name for name in os.listdir(path("")) if name.endswith(".part")]
    assert not os.path.exists(path("clients.pdf"))
    assert run_json("check")["ok"]
    os.remove(path("link.db"))
    # History is not forged.
    line = run_json("list", "history", "--limit", "1")[0]
    assert "written by Torg itself" in run("set", line["id"], "old=\"x\"", code=1)
    file = write("history.csv", "record_type;field\ncompany;name\n")
    assert "written by Torg itself" in run("import", "--type", "history", file, code=1)
    # What is not UTF-8 is said to be so.
    assert "UTF-8" in run("search", b"\xcf\xf0\xe8", code=2)


@test
def adding_and_deleting():
    before = run_json("count", "company")["count"]
    company = run("add", "company", "name=Ромашка").strip()
    assert run_json("show", company)["fields"]["name"] == "Ромашка"
    assert run_json("show", company)["fields"]["owner"] == run_json("history", company)[0]["fields"]["author"]
    assert run_json("delete", company)["id"] == company
    assert "Deleted" in run("show", company) and run_json("count", "company")["count"] == before
    run("restore", company)
    assert "Deleted" not in run("show", company) and run_json("count", "company")["count"] == before + 1
    assert "no type" in run("add", "nothing", "name=x", code=3)
    assert "no field" in run("add", "company", "nothing=x", code=3)
    assert "FIELD=VALUE" in run("add", "company", "name", code=2)
    assert "no record" in run("delete", "x", code=3) and "no record" in run("restore", "x", code=3)
    assert run_json("check")["ok"]


@test
def sets_and_stages():
    run("import", "--type", "tag", write("tags.csv", "name\nОчень важный\nХолодный\n"))
    deal = run_json("list", "deal", "--where", "stage=Новая", "--limit", "1")[0]["id"]
    run("set", deal, "tags=Очень важный, Холодный")
    tags = {row["title"]: row["id"] for row in run_json("list", "tag")}
    assert set(run_json("show", deal)["fields"]["tags"]) == {tags["Очень важный"], tags["Холодный"]}
    assert run_json("count", "deal", "--where", "tags=Очень важный")["count"] == 1
    assert "Нет такого" in run("set", deal, "tags=Очень важный,Нет такого", code=3)
    run("set", deal, "tags=")
    assert "tags" not in run_json("show", deal)["fields"]
    # Of stages of one name that of the record's own pipeline is meant.
    lead = run_json("list", "lead", "--limit", "1")[0]["id"]
    assert "pipeline of deals" in run("set", lead, "stage=Согласование", code=1)
    assert "pipeline of leads" in run("set", deal, "pipeline=Лиды", code=1)
    usd = run_json("count", "deal", "--where", "amount=777 USD")["count"]
    run("set", deal, "amount=777 USD")
    assert run_json("count", "deal", "--where", "amount=777 USD")["count"] == usd + 1
    assert run_json("count", "deal", "--where", "amount=777 EUR")["count"] == 0
    assert run_json("check")["ok"]


@test
def import_and_undo():
    file = write("people.csv", "ФИО;Телефон;Любимый цвет\nИванов Иван;+7 916 111-22-33;белый\nПетрова Анна;ой;красный\n")
    before = run_json("count", "person")["count"]
    dry = run_json("import", "--type", "person", "--dry-run", file)
    assert run_json("count", "person")["count"] == before
    done = run_json("import", "--type", "person", file)
    for key in ("read", "created", "updated", "skipped", "failed", "import_id"):
        assert key in done
        assert key == "import_id" or dry[key] == done[key]
    assert (done["read"], done["created"], done["failed"]) == (2, 1, 1)
    assert done["failures"][0]["line"] == 3 and done["failures"][0]["column"] == "Телефон"
    assert run_json("count", "person")["count"] == before + 1
    listed = run_json("imports")[0]
    assert (listed["import_id"], listed["records"], listed["undone"]) == (done["import_id"], 1, "no")
    assert done["import_id"] in run("imports")
    ivanov = run_json("search", "79161112233")[0]["id"]
    run("set", ivanov, "city=Тверь")
    undone = run_json("undo-import", done["import_id"])
    assert undone["left"] == 1 and undone["left_items"] == [
        {"type": "person", "id": ivanov, "title": "Иванов Иван", "field": None}]
    assert ivanov in run("undo-import", done["import_id"])
    assert run_json("imports")[0]["undone"] == "partly"
    run("import", "--type", "person", file)
    assert run_json("count", "person")["count"] == before + 1
    done = run_json("import", "--type", "person", write("one.csv", "ФИО;Телефон\nКатин Пётр;+7 916 555-22-33\n"))
    before = run_json("count", "person")["count"] - 1
    assert run_json("undo-import", done["import_id"]) == {"import_id": done["import_id"], "left": 0, "left_items": []}
    assert run_json("imports")[0]["undone"] == "yes"
    assert run_json("count", "person")["count"] == before
    run("undo-import", done["import_id"], code=3)
    map = write("map.json", '{"columns": {"Любимый цвет": "+"}}')
    run("import", "--type", "person", "--map", map, file)
    assert any(row["fields"]["label"] == "Любимый цвет" for row in run_json("list", "field_def"))
    run("import", "--type", "person", "--map", write("bad.json", "{"), file, code=1)
    run("import", "--type", "nothing", file, code=3)
    run("import", "--type", "person", path("no such file"), code=3)
    assert run_json("check")["ok"]


@test
def banks():
    """The directory of banks as the Bank of Russia gives it out, and as CSV; importing it again brings it up to date."""
    head = '<?xml version="1.0" encoding="WINDOWS-1251"?>\n<ED807 xmlns="urn:cbr-ru:ed:v2.0" EDNo="1">'
    entry = ('<BICDirectoryEntry BIC="{}"><ParticipantInfo NameP="{}" Tnp="г" Nnp="Москва" DateIn="1991-06-20"/>'
             '<Accounts Account="{}" RegulationAccountType="CRSA" AccountStatus="ACAC"/></BICDirectoryEntry>')

    def write_directory(name, *entries):
        with open(path(name), "wb") as file:
            file.write((head + "".join(entry.format(*row) for row in entries) + "</ED807>").encode("cp1251"))
        return path(name)

    sber = ("044525225", "ПАО Сбербанк", "30101810400000000225")
    done = run_json("import", "--type", "bank", write_directory("ed807.xml", sber), replica="banks.db")
    assert (done["created"], done["failed"]) == (1, 0), done
    again = write_directory("again.xml", (sber[0], "ПАО СБЕРБАНК РОССИИ", sber[2]), ("044030827", "АО Банк", "30101810000000000827"))
    done = run_json("import", "--type", "bank", again, replica="banks.db")
    assert (done["created"], done["updated"]) == (1, 1), done
    rows = {row["fields"]["bik"]: row["fields"] for row in run_json("list", "bank", replica="banks.db")}
    assert rows["044525225"]["name"] == "ПАО СБЕРБАНК РОССИИ" and rows["044525225"]["city"] == "Москва", rows
    file = write("banks.csv", "БИК;Наименование;К/с\n044525225;Сбер;30101810400000000225\n")
    assert run_json("import", "--type", "bank", file, replica="banks.db")["updated"] == 1
    assert run_json("count", "bank", replica="banks.db")["count"] == 2
    with open(path("cut.xml"), "wb") as file:
        file.write(head.encode("cp1251"))
    assert "damaged" in run("import", "--type", "bank", path("cut.xml"), replica="banks.db", code=1)


@test
def empty_files():
    for number, text in enumerate(("", "\ufeff", "\n\n\n", " \r\n \t\r\n", ";;;\n;;\n")):
        file = write(f"empty-{number}.csv", text)
        assert "nothing in the file" in run("import", "--type", "company", file, code=1), number
    assert not os.path.exists(path("never.db"))
    run("import", "--type", "company", file, replica="never.db", code=1)
    assert not os.path.exists(path("never.db"))


@test
def in_russian():
    # Not where the translations are not built, as under the sanitizers, or the locale is missing.
    if not os.path.exists(os.path.join(os.environ["TEXTDOMAINDIR"], "ru", "LC_MESSAGES", "torg.mo")):
        return
    try:
        locale.setlocale(locale.LC_ALL, "ru_RU.UTF-8")
    except locale.Error:
        return
    finally:
        locale.setlocale(locale.LC_ALL, "C")
    ru = {"LC_ALL": "ru_RU.UTF-8", "LANGUAGE": "ru", "TEXTDOMAINDIR": os.environ["TEXTDOMAINDIR"]}
    file = write("inn.csv", "Название компании;ИНН;Год основания\nВерстак;7707083894;\nСтанок;;1901\n")
    text = run("import", "--type", "company", file, env=ru)
    assert ", ИНН: не сходится" in text, text
    id = run_json("search", "Станок")[0]["id"]
    assert ": 1901\n" in run("show", id, env=ru)
    assert "Создание записи" in run("history", id, env=ru)


@test
def import_into_new():
    file = write("new.csv", "Название,Город\nРомашка,Тверь\n")
    done = run_json("import", "--type", "company", file, replica="new/sub/n.db", env={"LANGUAGE": "ru"})
    assert done["created"] == 1
    assert run_json("count", "pipeline", replica="new/sub/n.db")["count"] == 2


@test
def round_trip():
    for suffix in ("csv", "xlsx"):
        for type in ("company", "person", "product", "deal"):
            file = path(f"{type}.{suffix}")
            n = run_json("count", type)["count"]
            assert run_json("export", "--type", type, file)["exported"] == n
            # Into an empty replica with the same stages: what is read is what was written.
            replica = f"{type}-{suffix}.db"
            map = write("create.json", '{"duplicates": "create"}')
            done = run_json("import", "--type", type, "--map", map, file, replica=replica, env={"LANGUAGE": "ru"})
            assert (done["read"], done["failed"]) == (n, 0), (type, suffix, done)
            assert run_json("count", type, replica=replica)["count"] >= n
            again = path(f"again.{suffix}")
            assert run_json("check", replica=replica)["ok"]
            if suffix == "csv" and type == "deal":
                with open(file, encoding="utf-8-sig", newline="") as one:
                    rows = list(csv.DictReader(one, delimiter=";" if ";" in one.readline() and not one.seek(0) else ","))
                sums = sorted(row["Amount"] for row in rows)
                run("export", "--type", type, again, replica=replica)
                with open(again, encoding="utf-8-sig", newline="") as one:
                    other = list(csv.DictReader(one, delimiter=";" if ";" in one.readline() and not one.seek(0) else ","))
                assert sorted(row["Amount"] for row in other) == sums
                assert sorted(row["Stage"] for row in other) == sorted(row["Stage"] for row in rows)


@test
def newer():
    shutil.copy(path("a.db"), path("newer.db"))
    with sqlite3.connect(path("newer.db")) as db:
        db.execute("PRAGMA user_version = 9999")
    db.close()
    text = run("list", "company", replica="newer.db", code=1)
    assert "newer version" in text.lower(), text


@test
def damaged():
    write("text.db", "This is a text of some length and no database at all. " * 20)
    assert "no data file" in run("check", replica="text.db", code=1)
    db = sqlite3.connect(path("theirs.db"))
    db.execute("CREATE TABLE theirs (a)")
    db.commit()
    db.close()
    assert "no data file" in run("check", replica="theirs.db", code=1)
    os.mkdir(path("folder.db"))
    assert "is a folder" in run("check", replica="folder.db", code=1)
    data = bytearray(open(path("a.db"), "rb").read())
    data[4096 * 3:] = os.urandom(1) * (len(data) - 4096 * 3)
    open(path("broken.db"), "wb").write(data)
    text = run("check", replica="broken.db", code=1)
    assert "damaged" in text and "database" not in text and "SELECT" not in text, text


@test
def locked():
    db = sqlite3.connect(path("a.db"), isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    try:
        id = run_json("list", "company", "--limit", "1", replica="en.db")[0]["id"]
        assert id
        text = run("add", "company", "name=Later", code=1)
        assert "locked" in text, text
    finally:
        db.execute("ROLLBACK")
        db.close()
    run("list", "company", "--limit", "1")


@test
def reading_waits_for_nobody():
    """Who only looks writes nothing, so that another process may import meanwhile."""
    run("list", "company", "--limit", "1")
    before = pathlib.Path(path("a.db")).read_bytes()
    db = sqlite3.connect(path("a.db"), isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE company SET name = name || '!'")
    try:
        begun = time.monotonic()
        for command in (("list", "company", "--limit", "1"), ("count", "deal"), ("search", "Ива"), ("outbox",), ("imports",), ("files",)):
            run(*command)
        took = time.monotonic() - begun
        assert took < 3, took
    finally:
        db.execute("ROLLBACK")
        db.close()
    assert pathlib.Path(path("a.db")).read_bytes() == before, "the file was written to"
    # Whatever is missing is made again nevertheless.
    with sqlite3.connect(path("a.db")) as db:
        indexes = set(db.execute("SELECT name FROM sqlite_schema"))
        db.execute("DROP INDEX outbox_id")
    db.close()
    run("list", "company", "--limit", "1")
    with sqlite3.connect(path("a.db")) as db:
        assert set(db.execute("SELECT name FROM sqlite_schema")) == indexes
    db.close()


@test
def read_only():
    folder = path("read-only")
    os.mkdir(folder)
    shutil.copy(path("a.db"), os.path.join(folder, "a.db"))
    program = path("torgctl")
    shutil.copy(TORGCTL, program)
    os.chmod(program, 0o755)
    os.chmod(os.path.join(folder, "a.db"), 0o444)
    os.chmod(folder, 0o555)
    os.chmod(DIR, 0o755)
    more = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    try:
        text = run("list", "company", replica="read-only/a.db", code=1, program=program, **more)
    finally:
        os.chmod(folder, 0o755)
    assert "cannot be written" in text, text


@test
def second_look():
    """What a reader of the first version stumbled over."""
    deals = write("deals.csv", "Название;Компания;Сумма\nПоставка;Ромашка;по запросу\nМонтаж;Лютик;100\n")
    result = run_json("import", "--type", "deal", deals, replica="second.db")
    assert (result["created"], result["failed"]) == (1, 1), result
    assert result["failures"][0]["line"] == 2, result
    calls = write("calls.csv", "Тема;Вид;Сделка\nПозвонить;call;Монтаж\n")
    run("import", "--type", "activity", calls, replica="second.db")
    call = run_json("list", "activity", replica="second.db")[0]["fields"]
    deal = run_json("list", "deal", replica="second.db")[0]
    assert call["company"] == deal["fields"]["company"], "a call for a deal is one with its client"
    tags = write("tags.csv", "Название\nVIP\n")
    run("import", "--type", "tag", tags, replica="second.db")
    run("set", deal["id"], "tags=VIP", replica="second.db")
    assert "VIP" in run("history", deal["id"], replica="second.db")
    wrong = write("wrong.json", '{"Сумма": null}')
    assert "columns" in run("import", "--type", "deal", "--map", wrong, deals, replica="second.db", code=1)
    bad = write("bad.csv", "Название;Компания;Сумма\nА;Призрак;много\nБ;Фантом;мало\n")
    mapping = write("amount.json", '{"columns": {"Сумма": "amount"}}')
    assert "undo-import" not in run("import", "--type", "deal", "--map", mapping, bad, replica="second.db", code=1)
    assert run_json("count", "company", replica="second.db")["count"] == 1, "a row that fails makes no company"


def main():
    failed = 0
    print(f"TAP version 13\n1..{len(tests)}")
    for number, function in enumerate(tests, 1):
        try:
            function()
            print(f"ok {number} {function.__name__}", flush=True)
        except Exception as error:  # the others still run
            failed += 1
            print(f"not ok {number} {function.__name__}\n# {type(error).__name__}, line {error.__traceback__.tb_next.tb_lineno}: {error}".replace("\n", "\n# ", 1), flush=True)
    shutil.rmtree(DIR, ignore_errors=True)
    return 1 if failed else 0


@test
def as_if_row_by_row():
    """Rows that mean one another give what they would give one by one, each in an import of its own."""
    made = 0
    for seed in range(6):
        rng = random.Random(seed)
        kind = "person" if seed % 2 else "company"
        header = ["Фамилия", "Имя", "Телефон", "E-mail", "Примечание"] if kind == "person" else \
            ["Название", "Телефон", "E-mail", "ИНН", "Город", "Примечание"]
        rows = []
        for i in range(22):
            phone = f"+7 912 000-00-{rng.randrange(8):02}" if rng.random() < .6 else ""
            mail = f"a{rng.randrange(6)}@example.com" if rng.random() < .5 else ""
            if kind == "person":
                rows.append([f"Петров{rng.randrange(4)}", "Олег", phone, mail, f"n{i}" if rng.random() < .3 else ""])
            else:
                rows.append([f"ООО «Фирма {rng.randrange(5)}»", phone, mail,
                             rng.choice(["7707083893", "7728168971", "", "", ""]),
                             rng.choice(["Казань", "Пермь", ""]), f"n{i}" if rng.random() < .3 else ""])
        mapping = write("update.json", json.dumps({"duplicates": "update"}))

        def load(replica, some):
            text = "\n".join(";".join(row) for row in [header, *some]) + "\n"
            run("import", "--type", kind, "--map", mapping, write("rows.csv", text), replica=replica)

        def look(replica):
            run("check", replica=replica)
            fields = ("name", "surname", "phones", "emails", "city", "note")
            names = {one["id"]: one["title"] for one in run_json("list", kind, "--limit", "0", replica=replica)}
            return sorted(json.dumps([[one["fields"].get(field) for field in fields]
                                      for one in run_json("list", kind, "--limit", "0", replica=replica)] +
                                     [[one["fields"]["inn"], names[one["fields"]["company"]]]
                                      for one in run_json("list", "legal_entity", "--limit", "0", replica=replica)
                                      if kind == "company"],
                                     ensure_ascii=False).split("], ["))

        for replica in ("whole.db", "single.db"):
            for end in ("", "-wal", "-shm"):
                if os.path.exists(path(replica + end)):
                    os.remove(path(replica + end))
            run("demo", "--records", "300", "--seed", "1", replica=replica)
        load("whole.db", rows)
        for row in rows:
            load("single.db", [row])
        whole, single = look("whole.db"), look("single.db")
        assert whole == single, f"seed {seed}: {sorted(set(whole) ^ set(single))}"
        made += len(whole)
    assert made > 50, made


@test
def fails_as_a_whole():
    """Records that cannot be written are told of, whoever notices it first; nothing of them stays."""
    run("demo", "--records", "300", "--seed", "1", replica="boom.db")
    deal = run_json("list", "deal", "--limit", "1", replica="boom.db")[0]
    before = [run("count", kind, replica="boom.db") for kind in ("activity", "history")]
    with sqlite3.connect(path("boom.db")) as db:
        db.execute("CREATE TRIGGER boom BEFORE INSERT ON activity WHEN new.title = 'Бум' BEGIN SELECT raise(abort, 'boom'); END")
    db.close()
    for n in (1, 2, 10):
        rows = "".join(f"{'Бум' if i == n - 1 else 'Звонок'};{deal['title']};Звонок\n" for i in range(n))
        run("import", "--type", "activity", write("boom.csv", "Тема;Сделка;Вид\n" + rows), replica="boom.db", code=1)
        assert [run("count", kind, replica="boom.db") for kind in ("activity", "history")] == before, n


@test
def stops_half_way():
    """What came before an error that ends an import stays, is told of, and is undone as one."""
    run("demo", "--records", "300", "--seed", "1", replica="half.db")
    before = run("count", "company", replica="half.db")
    with sqlite3.connect(path("half.db")) as db:
        db.execute("CREATE TRIGGER boom BEFORE INSERT ON company WHEN new.name = 'Бум' BEGIN SELECT raise(abort, 'boom'); END")
    db.close()
    rows = "".join(f"Фирма {i}\n" for i in range(600)) + "Бум\n"
    told = run("import", "--type", "company", write("half.csv", "Название\n" + rows), replica="half.db", code=1)
    assert "stopped after 250 records" in told, told
    assert int(run("count", "company", replica="half.db")) == int(before) + 250
    run("check", replica="half.db")
    last = run_json("imports", replica="half.db")[0]["import_id"]
    run("undo-import", last, replica="half.db")
    assert run("count", "company", replica="half.db") == before


@test
def stages_of_pipelines():
    """Stages of one name in several pipelines are several, and a deal stands in the one that its row means."""
    run("demo", "--records", "300", "--seed", "1", replica="stages.db")
    run("import", "--type", "pipeline", write("p.csv", "name;kind\nОпт;deals\nРозница;deals\n"), replica="stages.db")
    stages = "".join(f"{name};{pipeline};{kind}\n" for pipeline in ("Опт", "Розница")
                     for name, kind in (("Старт", "open"), ("Конец", "won")))
    result = run_json("import", "--type", "stage", write("s.csv", "name;pipeline;kind\n" + stages), replica="stages.db")
    assert result["created"] == 4, result
    rows = "Опт;Старт;А\nРозница;Старт;Б\nРозница;КП отправлено;В\n;Старт;Г\n"
    result = run_json("import", "--type", "deal", write("d.csv", "Воронка;Этап;Название\n" + rows), replica="stages.db")
    assert result["created"] == 3 and result["failed"] == 1 and result["failures"][0]["line"] == 4, result
    names = {one["id"]: one["title"] for kind in ("pipeline", "stage") for one in
             run_json("list", kind, "--limit", "0", replica="stages.db")}
    found = {one["title"]: (names[one["fields"]["pipeline"]], names[one["fields"]["stage"]])
             for one in run_json("list", "deal", "--limit", "0", replica="stages.db") if one["title"] in "АБВГ"}
    assert found == {"А": ("Опт", "Старт"), "Б": ("Розница", "Старт"), "Г": ("Опт", "Старт")}, found


@test
def after_a_failure():
    """A row that fails takes nothing from others: what an earlier row made waits for its own, and keys stay known."""
    run("demo", "--records", "300", "--seed", "1", replica="fails.db")
    rows = "Дочка;Матушка;;\n" + "".join(f"Фирма {i};;;\n" for i in range(300)) + \
        "Плохая;;01a202c5-4045-70f4-855c-b6868d5dafde;\n" + "".join(f"Ещё {i};;;\n" for i in range(600)) + \
        "Матушка;;;+7 912 111-22-33\n"
    result = run_json("import", "--type", "company", write("m.csv", "Название;Головная компания;Ответственный;Телефон\n" + rows),
                      replica="fails.db")
    assert result["failed"] == 1, result
    mother, = [one for one in run_json("list", "company", "--limit", "0", replica="fails.db") if one["title"] == "Матушка"]
    assert "+79121112233" in json.dumps(mother["fields"]["phones"]), mother
    # The same where its own row stands in the chunk that is taken back.
    rows = "Внучка;Бабушка;;\n" + "".join(f"Третья {i};;;\n" for i in range(249)) + \
        "Бабушка;;;+7 912 111-22-44\nПлохая;;01a202c5-4045-70f4-855c-b6868d5dafde;\n" + \
        "".join(f"Четвёртая {i};;;\n" for i in range(400))
    run_json("import", "--type", "company", write("m.csv", "Название;Головная компания;Ответственный;Телефон\n" + rows),
             replica="fails.db")
    granny, = [one for one in run_json("list", "company", "--limit", "0", replica="fails.db") if one["title"] == "Бабушка"]
    assert "+79121112244" in json.dumps(granny["fields"]["phones"]), granny
    # What only a row refers to that had to wait, and then fails, is not there.
    rows = "Альфа;7707083893;;\nАльфа;7707083893;Призрак;01a202c5-4045-70f4-855c-b6868d5dafde\n"
    mapping = write("update.json", json.dumps({"duplicates": "update"}))
    result = run_json("import", "--type", "company", "--map", mapping,
                      write("g.csv", "Название;ИНН;Головная компания;Ответственный\n" + rows), replica="fails.db")
    assert result["failed"] == 1 and result["made"] == 0, result
    assert run("count", "company", "--where", "name=Призрак", replica="fails.db").strip() == "0"
    # Who has no more than a name is the first one of that name, however long ago it came.
    rows = "Кит;Олег;;\nКит;Олег;+7 912 111-22-55;\n" + "".join(f"Третий{i};Иван;;\n" for i in range(248)) + \
        "Кит;Олег;;first\n" + "".join(f"Пятый{i};Иван;;\n" for i in range(499)) + "Кит;Олег;;second\n"
    run("import", "--type", "person", "--map", mapping, write("k.csv", "Фамилия;Имя;Телефон;Примечание\n" + rows),
        replica="fails.db")
    whales = [one["fields"] for one in run_json("list", "person", "--limit", "0", replica="fails.db")
              if one["fields"].get("surname") == "Кит"]
    assert sorted(str(one.get("note")) for one in whales) == ["None", "first\nsecond"], whales



@test
def accounts():
    env = {"XDG_DATA_HOME": path("owner")}
    folder = os.path.join(env["XDG_DATA_HOME"], "torg")
    other = os.path.join(folder, "accounts/2/replica.db")
    ask = lambda *args, **more: run(*args, replica=None, env=env, **more)
    assert json.loads(ask("--json", "accounts")) == [] and ask("accounts") == ""
    ask("demo", "--records", "300", "--seed", "1")
    ask("--replica", other, "demo", "--records", "300", "--seed", "2")
    with sqlite3.connect(other) as db:
        db.execute("INSERT INTO sync_state VALUES ('label', 'Ромашка')")
    one, two = json.loads(ask("--json", "accounts"))
    assert (one["account"], one["server"], one["path"]) == ("1", None, os.path.join(folder, "replica.db")), one
    assert (two["account"], two["title"], two["unsent"], two["locked"], two["error"]) == ("2", "Ромашка", 0, False, None), two
    assert one["user"] and "Ромашка" in ask("accounts") and other in ask("accounts")
    found = {ask("--account", text, "list", "deal", "--limit", "3") for text in ("2", "Ромашка", other, os.path.dirname(other))}
    assert len(found) == 1 and found != {ask("list", "deal", "--limit", "3")}
    assert ask("--account", "1", "list", "deal") == ask("list", "deal")
    assert "no account" in ask("--account", "3", "list", "deal", code=3)
    ask("--account", "2", "--replica", other, "list", "deal", code=2)
    ask("accounts", "more", code=2)
    write(os.path.relpath(other, DIR), "This is no database, but it is longer than a header of one is." * 100)
    damaged = json.loads(ask("--json", "accounts"))[1]
    assert damaged["error"] and damaged["account"] == "2", damaged


@test
def hand_over():
    """Somebody's work goes to a colleague, in as many groups as it takes, and comes back as one."""
    run("demo", "--records", "9000", "--seed", "5", "--lang", "ru", replica="people.db")
    people = run_json("list", "user", "--limit", "3", replica="people.db")
    one, other, third = [(person["id"], person["fields"]["name"]) for person in people]

    def have(user):
        return {kind: {record["id"] for record in run_json("list", kind, "--where", f"owner={user[0]}", "--limit", "0", replica="people.db")}
                for kind in ("deal", "lead", "company", "person", "activity")}

    def plan(*more):
        return run_json("hand-over", "--from", one[1], "--to", other[1], "--dry-run", *more, replica="people.db")
    before, counts = have(one), plan()
    theirs = have(other)
    assert counts["deals"] + counts["closed_deals"] == len(before["deal"]) and counts["leads"] + counts["closed_leads"] == len(before["lead"])
    assert (counts["companies"], counts["persons"]) == (len(before["company"]), len(before["person"]))
    assert counts["closed_deals"] > 0 and counts["records"] == sum(counts[name] for name in ("deals", "leads", "companies", "persons", "tasks", "meetings"))
    assert counts["records"] > 400 and have(one) == before, counts
    assert plan("--what", "deals,closed")["records"] == len(before["deal"]) and plan("--what", "tasks")["records"] == counts["tasks"] + counts["meetings"]
    done = run_json("hand-over", "--from", one[0], "--to", other[1], replica="people.db")
    assert done["records"] == counts["records"], (done, counts)
    after = have(one)
    assert not after["company"] and not after["person"] and len(after["deal"]) == counts["closed_deals"]
    assert before["company"] <= have(other)["company"] and plan()["records"] == 0
    assert len(before["activity"]) - len(after["activity"]) == counts["tasks"] + counts["meetings"]
    # What somebody gave to a third one since stays there; all else is back.
    moved = sorted(before["company"])[0]
    run("set", moved, f"owner={third[0]}", replica="people.db")
    undone = run_json("undo-import", done["import_id"], replica="people.db")
    assert undone["left"] == 1 and undone["left_items"][0]["id"] == moved, undone
    back = have(one)
    assert back["company"] == before["company"] - {moved} and all(back[kind] == before[kind] for kind in back if kind != "company")
    assert have(other) == theirs
    assert "порядке" in run("check", replica="people.db", env={"LC_ALL": "ru_RU.UTF-8", "LANGUAGE": "ru"}) or run("check", replica="people.db")
    for wrong, code in ((("--from", one[1]), 2), (("--from", one[1], "--to", other[1], "--what", "all"), 2), (("--from", one[1], "--to", other[1], "--what", "closed"), 2),
                        (("--from", one[1], "--to", one[1]), 1), (("--from", one[1], "--to", "Никто"), 3)):
        run("hand-over", *wrong, replica="people.db", code=code)
    assert have(one) == back


@test
def duplicates():
    """Likely duplicates are listed with reasons, and merged with all that belongs to them."""
    run("demo", "--records", "300", "--seed", "5", "--lang", "ru", replica="twice.db")
    kept, other = [run_json("add", "company", *fields, replica="twice.db")["id"]
                   for fields in (("name=Кварцмонтаж", "phones=+7 916 555-44-33"), ("name=ООО «Kvartsmontazh»", "phones=8 (916) 555-44-33"))]
    task = run_json("add", "activity", "kind=task", f"company={other}", replica="twice.db")["id"]
    pair = next(pair for pair in run_json("duplicates", replica="twice.db") if pair["one"] == kept)
    assert pair["other"] == other and pair["score"] > 0.85 and pair["reasons"], pair
    assert run_json("duplicates", "company", "--of", other, "--limit", "1", replica="twice.db") == [pair]
    assert kept in run("duplicates", "company", replica="twice.db")
    run("merge", kept, other, replica="twice.db")
    assert run_json("show", task, replica="twice.db")["fields"]["company"] == kept
    assert run_json("show", other, replica="twice.db")["fields"]["merged_into"] == kept
    assert not run_json("duplicates", "company", "--of", kept, replica="twice.db")
    run("check", replica="twice.db")
    for wrong, code in ((("merge", kept), 2), (("merge", kept, other), 1), (("merge", kept, kept), 1), (("merge", kept, task), 3),
                        (("duplicates", "deal"), 1), (("duplicates", "nothing"), 3), (("duplicates", "company", "person"), 2)):
        run(*wrong, replica="twice.db", code=code)
    run("restore", other, replica="twice.db")
    assert "merged_into" not in run_json("show", other, replica="twice.db")["fields"]


@test
def convert():
    """A lead becomes what it says, or joins who is there."""
    run("demo", "--records", "300", "--seed", "6", "--lang", "ru", replica="convert.db")
    lead = run_json("add", "lead", "name=Квашнин Егор", "company_name=ООО «Кварцмонтаж»", "phones=+7 916 555-44-33",
                    "inn=7707083893", replica="convert.db")["id"]
    for wrong, code in (((), 2), ((lead, "x"), 2), ((lead, "--company", lead), 3), ((lead, "--company", "none", "--person", "none"), 1)):
        run("convert", *wrong, replica="convert.db", code=code)
    made = run_json("convert", lead, "--title", "Печи", replica="convert.db")
    assert set(made) == {"company", "person", "legal_entity", "deal"}, made
    fields = run_json("show", lead, replica="convert.db")["fields"]
    assert fields["converted_deal"] == made["deal"] and fields["converted_company"] == made["company"], fields
    assert run_json("show", made["deal"], replica="convert.db")["fields"]["title"] == "Печи"
    run("convert", lead, replica="convert.db", code=1)
    # The same person again.
    other = run_json("add", "lead", "name=Егор", "phones=8 916 555-44-33", replica="convert.db")["id"]
    joined = run_json("convert", other, "--no-deal", replica="convert.db")
    assert joined == {"person": made["person"]}, joined
    assert run_json("show", other, replica="convert.db")["fields"]["converted_person"] == made["person"]
    run("check", replica="convert.db")


@test
def report():
    """The reports say what the lists say."""
    run("demo", "--records", "2000", "--seed", "5", "--lang", "ru", "--date", "2026-03-02", replica="report.db")
    deals = run_json("list", "deal", replica="report.db")
    won = [deal for deal in deals if deal["titles"]["stage"] == "Успешно" and deal["fields"]["closed"] >= "2025-04-01"]
    since = datetime.datetime(2025, 4, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=3))).timestamp() * 1e6
    owner = won[0]["titles"]["owner"]
    first, last = "2025-04-01", "2026-03-31"
    days = ("--from", first, "--to", last)
    funnel = run_json("report", "funnel", *days, replica="report.db")
    made = [deal for deal in deals if deal["fields"]["created"] >= since]
    assert funnel[0]["figures"]["reached"]["count"] == len(made), (funnel[0], len(made))
    counts = [row["figures"]["reached"]["count"] for row in funnel]
    assert counts == sorted(counts, reverse=True) and counts[-1] > 0 and funnel[-1]["title"] == "Успешно", counts
    months = run_json("report", "won", *days, replica="report.db")
    assert len(months) == 12 and months[0]["key"] == "2025-04" and months[-1]["key"] == "2026-03"
    for row in months:
        mine = [deal for deal in won if deal["fields"]["closed"].startswith(row["key"])]
        assert row["figures"]["won"]["count"] == len(mine), row
        assert row["figures"]["won"]["sums"].get("RUB", 0) == sum(deal["fields"].get("amount", {"minor": 0})["minor"] for deal in mine), row
        plans = [plan for plan in run_json("list", "plan", replica="report.db") if plan["fields"]["month"].startswith(row["key"])]
        assert row["plan"].get("RUB", 0) == sum(plan["fields"]["amount"]["minor"] for plan in plans), row
    assert sum(row["plan"].get("RUB", 0) for row in months) > 0
    staff = run_json("report", "staff", *days, replica="report.db")
    assert sum(row["figures"]["won"]["count"] for row in staff) == len(won)
    alone = run_json("report", "staff", *days, "--owner", owner, replica="report.db")
    assert alone == [row for row in staff if row["title"] == owner]
    assert owner in run("report", "staff", *days, replica="report.db")
    assert run_json("report", "won", "--period", "last-year", replica="report.db")[0]["key"].endswith("-01")
    for wrong, code in ((("report",), 2), (("report", "nothing"), 2), (("report", "won", "--period", "week"), 2),
                        (("report", "won", "--from", "2026-02-30", "--to", last), 2), (("report", "won", "--from", last, "--to", first), 2),
                        (("report", "won", "--from", first), 2), (("report", "won", "--owner", "Никто"), 3),
                        (("report", "funnel", "--pipeline", "Нет такой"), 3)):
        run(*wrong, replica="report.db", code=code)


sys.exit(main())
