package store

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// maxSunPath is the longest path of a unix socket that every system takes, in
// octets: sun_path has 104 (BSD) or 108 (Linux) with the final zero.
const maxSunPath = 103

// listen makes the control socket. Whoever calls it holds the store's lock, so
// that a socket that is there already belongs to nobody.
//
// It is made in a directory of its own that only we can enter, made 0600
// there, and then moved to its place: at no moment is it open to others,
// whatever the umask and the mode of the data directory.
func listen(dir string) (net.Listener, error) {
	private, err := os.MkdirTemp(dir, ".control-") // 0700
	if err != nil {
		return nil, fmt.Errorf("store: control socket: %w", err)
	}
	defer os.RemoveAll(private)
	short, done, err := shorten(private, "s")
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("store: control socket: %w", err)
	}
	l.SetUnlinkOnClose(false) // it would remove the name it was made under
	at := filepath.Join(private, "s")
	if err := errors.Join(os.Chmod(at, 0o600), os.Rename(at, filepath.Join(dir, socketName))); err != nil {
		l.Close()
		return nil, fmt.Errorf("store: control socket: %w", err)
	}
	return ownListener{l}, nil
}

// ownListener takes connections of our own user and of root only.
type ownListener struct{ *net.UnixListener }

// Accept drops strangers and waits on.
func (l ownListener) Accept() (net.Conn, error) {
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if ownPeer(c) {
			return c, nil
		}
		c.Close()
	}
}

// connect opens a connection to the control socket in dir.
func connect(dir string) (net.Conn, error) {
	short, done, err := shorten(dir, socketName)
	if err != nil {
		return nil, err
	}
	defer done()
	return net.Dial("unix", short)
}
