package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"reportascam/store"
)

type storeCmd struct {
	Check  storeCheckCmd  `cmd:"" help:"Read all that is stored and say what is wrong."`
	Backup storeBackupCmd `cmd:"" help:"Write a copy of the store, while it is in use."`
}

type storeCheckCmd struct {
	dataFlag
	JSON bool `help:"One JSON object."`
}

func (c *storeCheckCmd) Run(w *world) error {
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	found, err := st.Verify(w.ctx)
	if err != nil {
		return fmt.Errorf("checking the store: %w", err)
	}
	if c.JSON {
		err = jsonLine(w.out, found)
	} else {
		for _, p := range found.Problems {
			fmt.Fprintln(w.out, clean(p))
		}
		_, err = fmt.Fprintf(w.out, "%d reports, %d judged, %d waiting, %d parked, %d replies: %d problem(s)\n",
			found.Reports, found.Judged, found.Pending, found.Parked, found.Outgoing, len(found.Problems))
	}
	if err == nil && !found.OK() {
		return errors.New("the store is damaged")
	}
	return err
}

type storeBackupCmd struct {
	dataFlag
	To string `arg:"" help:"The folder that gets the copy; it must not hold one." type:"string"`
}

func (c *storeBackupCmd) Run(w *world) error {
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := os.MkdirAll(c.To, 0o700); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	name := filepath.Join(c.To, store.DatabaseName)
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("making the copy: %w", err)
	}
	err = st.Backup(w.ctx, f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("writing the copy: %w", err), os.Remove(name))
	}
	_, err = fmt.Fprintln(w.out, name)
	return err
}
