debug.sethook(function() end, "l") --> debug.sethook is not available in microts: leave it out, there are no hooks
