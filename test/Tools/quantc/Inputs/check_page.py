#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads a page of quantc --report and fails where it is no well-formed page, runs a script, or asks for anything.

    check_page.py PAGE
"""
import html.parser
import json
import re
import sys

VOID = {"meta", "br"}
# What a browser fetches by itself, or may run.
LOADING = {"link", "img", "image", "iframe", "frame", "embed", "object", "audio", "video", "source", "track", "use", "base",
           "form", "input", "button", "foreignobject", "animate", "set"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.counts = [], set(), [], {}
        self.texts = {"title": "", "style": "", "script": ""}

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag in LOADING:
            sys.exit(f"<{tag}> asks for something")
        for name, value in attributes:
            if name.startswith("on") or name in ("src", "srcset", "xlink:href", "data", "action", "background", "poster"):
                sys.exit(f"<{tag}> has the attribute '{name}'")
            if name == "style":
                self.texts["style"] += value
        if tag == "script" and values.get("type") != "application/json":
            sys.exit("a script that runs")
        if "id" in values:
            if values["id"] in self.ids:
                sys.exit(f"two elements with the id '{values['id']}'")
            self.ids.add(values["id"])
        if "href" in values:
            self.links.append(values["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit(f"{self.getpos()}: </{tag}> closes nothing that is open")

    def handle_data(self, data):
        # The title of a drawing is a hover text.
        if self.open and self.open[-1] in self.texts and "svg" not in self.open:
            self.texts[self.open[-1]] += data


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    page = Page()
    page.feed(text)
    page.close()
    if page.open:
        sys.exit(f"not closed: {page.open}")
    if not text.startswith("<!DOCTYPE html>"):
        sys.exit("no doctype")
    print("title:", page.texts["title"])
    print("svg:", page.counts["svg"])
    for link in page.links:
        if not link.startswith("#") or link[1:] not in page.ids:
            sys.exit(f"the link '{link}' leads out of the page")
    print("links: all inside of the page")
    if re.search(r"https?:|url\(|@import|expression\(", text.replace(page.texts["script"], "") + page.texts["style"]):
        sys.exit("an address in the page")
    print("requests: none")
    data = json.loads(page.texts["script"])
    # One row is the head.
    same = "as many rows" if page.counts["tr"] - 1 == len(data["layers"]) else f"{page.counts['tr'] - 1} rows"
    print(f"data: {data['schema']}, {len(data['layers'])} layers, {same}")


if __name__ == "__main__":
    main()
