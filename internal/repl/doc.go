// Package repl is the console: it reads lines of Lua and dot commands, runs
// them, and shows what they return.
//
// On a terminal internal/lineedit edits the lines (editor.go). This package completes
// them (complete.go and complete_*.go) and highlights them (highlight.go). On a pipe it
// reads plain lines (plain.go). What an interrupt ends is in interrupt.go, what a
// terminal can draw in screen.go. locals.go gives hints, words.go reads exit and help.
//
// The table of the dot commands is in command.go. Their functions are in a file a
// kind: database.go, ticks.go, plot.go, session.go, file.go, help.go; target.go
// reads the instruments in their arguments, timerange.go the times. Values are shown by
// value.go and rows.go, frames by frame.go, what has rows and columns by sheet.go; show.go gives it to a
// program and pager.go to a pager. The bars of a plot are in bars.go, its time axis in
// timescale.go.
//
// Of this module it imports internal/bars, internal/calendar, internal/compat,
// internal/frame, internal/help, internal/host, internal/human, internal/lineedit,
// internal/luavm, internal/luavm/syntax, internal/source, internal/suggest, internal/tick,
// luabind and store.
package repl
