#!/usr/bin/env microts
local x = 1
local y = = 2 --> unexpected symbol near '='
package.loadlib()
