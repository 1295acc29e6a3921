#!/usr/bin/env microts
local x = 1
local y = = 2 --> syntax error near '='
string.dump(print)
