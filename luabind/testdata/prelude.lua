-- Every case in module/ and storage/ has this function. The case also has the
-- global path, where its database is; see newState and newStorageState.

-- same compares two values; it compares tables field by field.
function same(a, b)
	if type(a) ~= "table" then
		return a == b
	end
	for k, v in pairs(a) do
		if not same(v, b[k]) then
			return false, k
		end
	end
	return true
end
