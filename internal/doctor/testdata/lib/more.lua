return package.loadlib("more.so", "*") --> package.loadlib is not available in microts: write it in Lua, native libraries are not loaded
