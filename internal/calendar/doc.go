// Package calendar knows when markets trade: trading days, the sessions of each, and the
// phase of any moment.
//
// Some calendars are built in; a Definition, which a TOML file or a table of Lua holds,
// makes others. A Calendar is immutable: all goroutines may share it.
//
// Of this module it imports internal/suggest.
package calendar
