"""The report as one web page: no network, no library. page.py puts it together; page.css and page.js are parts of it."""
