#!/bin/bash
# Documents agree with one another and with the tree: tests/test_docs.py.
exec /usr/bin/python3 -B "$(dirname "$0")/test_docs.py"
