return string.dump(print) --> string.dump is not available in microts: pass the function's source on
