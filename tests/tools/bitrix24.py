#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A portal of Bitrix24 for the tests: lists, batches and errors as ../shared/data/bitrix24.tar.gz shows them.

`Portal(lists)` serves on loopback while it is open; `limits` says how many questions are too much before one is answered.
"""

import http.server
import json
import re
import threading
import urllib.parse

SECRET = "s3cr3t"
PAGE = 50


class Portal:
    def __init__(self, lists):
        self.lists = lists
        self.limits = 0
        self.break_after = None  # questions, after which every answer is cut
        self.asked = []
        portal = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                portal.answer(self, json.loads(body or b"{}"))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/rest/1/{SECRET}/"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def send(self, handler, status, value):
        text = json.dumps(value).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json; charset=utf-8")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def answer(self, handler, params):
        _, rest, user, secret, method = handler.path.split("/", 4)
        method = method.removesuffix(".json")
        self.asked.append(method)
        if self.break_after is not None and len(self.asked) > self.break_after:
            handler.connection.close()
            return
        if (rest, user, secret) != ("rest", "1", SECRET):
            return self.send(handler, 401, {"error": "INVALID_CREDENTIALS", "error_description": "Invalid request credentials"})
        if self.limits > 0:
            self.limits -= 1
            return self.send(handler, 503, {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"})
        if method == "batch":
            return self.send(handler, 200, {"result": self.batch(params["cmd"]), "time": {"operating": 0.1}})
        try:
            result, total = self.call(method, params)
        except KeyError:
            return self.send(handler, 400, {"error": "", "error_description": "Access denied."})
        answer = {"result": result, "total": total, "time": {"operating": 0.1}}
        if method == "user.get" and params.get("start", 0) + PAGE < total:
            answer["next"] = params.get("start", 0) + PAGE
        self.send(handler, 200, answer)

    def call(self, method, params):
        rows = self.lists[method]
        if method == "crm.category.list":
            return {"categories": rows}, len(rows)
        if method == "crm.status.list":
            return rows, len(rows)
        start = int(params.get("start", 0))
        if start == -1:
            after = int(params.get("filter[>ID]") or 0)
            return [row for row in rows if int(row["ID"]) > after][:PAGE], len(rows)
        return rows[start:start + PAGE], len(rows)

    def batch(self, commands):
        """As PHP writes it: a list where the keys count from 0, and where there is nothing."""
        results, errors = [], {}
        for key in sorted(commands, key=int):
            method, _, query = commands[key].partition("?")
            params = dict(urllib.parse.parse_qsl(self.resolve(query, results)))
            try:
                if method == "crm.deal.productrows.get":
                    results.append([row for row in self.lists.get(method, []) if row["OWNER_ID"] == params["id"]])
                else:
                    results.append(self.call(method, params)[0])
            except KeyError:
                errors[key] = {"error": "", "error_description": "Access denied."}
                break
        return {"result": results, "result_error": errors or [], "result_total": [], "result_next": [], "result_time": []}

    def resolve(self, query, results):
        def look(match):
            try:
                return str(results[int(match[1])][int(match[2])][match[3]])
            except IndexError:
                return ""
        return re.sub(r"\$result\[(\d+)\]\[(\d+)\]\[(\w+)\]", look, query)
