//go:build !linux

package store

import (
	"fmt"
	"net"
	"path/filepath"
)

func shorten(dir, name string) (path string, done func(), err error) {
	if path = filepath.Join(dir, name); len(path) > maxSunPath {
		return "", nil, fmt.Errorf("store: control socket: path longer than %d octets: %s", maxSunPath, path)
	}
	return path, func() {}, nil
}

// ownPeer leaves it to the mode of the socket.
func ownPeer(*net.UnixConn) bool { return true }
