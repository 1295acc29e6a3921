local platform = {}
platform.separator = _G.package.config:sub(1, 1)
platform.windows = platform.separator == "\\"
platform.posix = platform.separator == "/"
return platform
