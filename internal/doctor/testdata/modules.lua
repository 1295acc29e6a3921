-- The required files are examined too; their findings are marked in them.
package.path = package.path .. ";./testdata/lib/?.lua"
local more = require "more"
local again = require("more")
local zmq = require "lzmq" --> module 'lzmq' is not found along package.path: put lzmq.lua beside the script
local json = require("rapidjson") --> module 'rapidjson' is not available in microts: use require "cjson"
local cj = require "cjsn" --> module 'cjsn' is not found; did you mean 'cjson'?
local b = require "bit32" --> module 'bit32' is not available in microts: use the global bit
local one = require(name) --? what is required here is known only when the script runs
local two = require("lib." .. name) --? what is required here is known only when the script runs
dofile "testdata/lib/loaded.lua"
local f = loadfile("testdata/lib/loaded.lua")
dofile "testdata/lib/none.lua"
dofile()
