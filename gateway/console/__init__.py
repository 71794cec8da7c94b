"""The pages for people: a client of the HTTP API that runs in the browser. See docs/console.md."""
