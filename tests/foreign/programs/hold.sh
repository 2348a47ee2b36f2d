#!/bin/sh
# Passes on the first byte of its input, and the rest $HOLD seconds later: the program that writes it waits as soon as
# the pipe is full. It has one child until then.
head -c 1
sleep "$HOLD"
exec cat
