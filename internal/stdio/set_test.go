package stdio

import (
	"os/exec"
	"testing"
	"time"
)

// TestCloseAllEndsForgottenPrograms forgets programs that run on. CloseAll ends them.
func TestCloseAllEndsForgottenPrograms(t *testing.T) {
	for _, text := range []string{"r", "w"} {
		m, err := ParseProgramMode(text)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		p, err := Start(exec.Command("sleep", "300"), m, func(c *exec.Cmd) (func(), error) {
			return func() { close(ended) }, c.Start()
		})
		if err != nil {
			t.Fatal(err)
		}
		set, s := NewSet(), NewStream(p, m)
		set.Add(s, "sleep")
		go set.Forget(s)
		for waits := 0; waits == 0; time.Sleep(time.Millisecond) {
			set.mu.Lock()
			waits = len(set.forgotten)
			set.mu.Unlock()
		}
		if err := set.CloseAll(50 * time.Millisecond); err != nil {
			t.Error(err)
		}
		select {
		case <-ended:
		default:
			p.kill()
			t.Errorf("mode %q: the program runs on", text)
		}
	}
}
