//go:build unix

package relay

import "golang.org/x/sys/unix"

// peek tells whether a socket is still open at the other end, as far as that
// is known here.
func peek(fd int) bool {
	var b [1]byte
	n, _, err := unix.Recvfrom(fd, b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	switch err {
	case nil:
		return n > 0
	case unix.EAGAIN, unix.EINTR:
		return true
	}
	return false
}
