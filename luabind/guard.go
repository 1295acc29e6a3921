package luabind

// SetGuard sets the function that says by which path a script may write a file, or why it
// may not. Without one it may write all.
func (m *Module) SetGuard(guard func(path string) (string, error)) { m.guard = guard }

// writable returns the path by which the script may write a file, or the error that says
// why it may not.
func (m *Module) writable(path string) (string, error) {
	if m.guard == nil {
		return path, nil
	}
	return m.guard(path)
}
