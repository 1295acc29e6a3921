package objects

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"microts/internal/objects/objecttest"
)

// TestCeph kills two of the three disks of a Ceph. Without the first everything goes on;
// without the second nothing can be written and read, and each operation ends by its
// deadline.
func TestCeph(t *testing.T) {
	if os.Getenv("MICROTS_CEPH") == "" {
		t.Skip("takes minutes; make ceph runs it")
	}
	c := objecttest.StartCeph(t)
	s := open(t, c.URL("x"), Options{})
	t.Run("all disks", func(t *testing.T) { testOnCeph(t, s) })
	c.KillOSD(0)
	t.Run("two disks", func(t *testing.T) { testOnCeph(t, s) })
	c.KillOSD(1)

	hasty := open(t, c.URL("x"), Options{Timeout: 10 * time.Second, RequestTimeout: 4 * time.Second})
	for _, o := range operations {
		begun := time.Now()
		err := o.do(t.Context(), hasty)
		took := time.Since(begun)
		t.Logf("one disk: %s: %v: %v", o.name, took, err)
		if took > 15*time.Second {
			t.Errorf("%s: ended after %v", o.name, took)
		}
		if err != nil && (isNotFound(err) || !errors.As(err, new(*UnreachableError))) {
			t.Errorf("%s: %v", o.name, err)
		}
		if err == nil && o.change && o.name != "delete" {
			t.Errorf("%s succeeded without a quorum", o.name)
		}
	}
}

func testOnCeph(t *testing.T, s Store) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	if err := CheckCreateOnly(ctx, s); err != nil {
		t.Fatal(err)
	}
	mustPut(t, s, "there", []byte("there"))
	mustPut(t, s, "other", nil)
	for _, o := range operations {
		if o.name == "create" {
			if err := s.Delete(ctx, "created"); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.do(ctx, s); err != nil {
			t.Errorf("%s: %v", o.name, err)
		}
	}
	if _, err := s.Get(ctx, "none", 0, -1); !isNotFound(err) {
		t.Errorf("an object that is not there: %v", err)
	}
}
