// Package glua holds every reach into gopher-lua that its API does not offer:
// unexported fields, memory layouts, and behaviour that its documentation does
// not promise. No other package of this module relies on any of these.
//
// Each file says what it assumes. The test beside it pins each assumption, so
// that an update of gopher-lua fails here first and says what changed.
//
// Unless a comment says otherwise, only the goroutine that runs a Lua state may
// call a function with this state, its coroutines or its values.
//
// It imports nothing of this module.
package glua
