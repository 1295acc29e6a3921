-- A library, a function or a variable that the script replaces has what the script gives it.
math = unknown()
print(math.whatever)
if not setfenv then
    function setfenv() debug.upvaluejoin() end
end
if newthing then string.pack52() end --> string.pack52 is not available in microts
function newthing() end
local string = {pack = print}
do
    local table = table
    table.pack52()
    table = unknown()
end
string.whatever()
