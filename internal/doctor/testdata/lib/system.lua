local M = {}
for k, v in pairs(require "platform") do M[k] = v end
return M
