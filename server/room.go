package server

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// leastRoom is how many bytes must still fit into the data folder: less than a
// write of any use takes.
const leastRoom = 256 << 10

// roomLeft tries whether something can still be written into the data folder,
// for what the system says of free space knows no quota. Only want of room is an
// error here.
func (h *Host) roomLeft() error {
	file, err := os.CreateTemp(h.Config.Server.DataDir, ".room-*")
	if err == nil {
		defer os.Remove(file.Name())
		_, err = file.Write(make([]byte, leastRoom))
		err = errors.Join(err, file.Close())
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("data folder: %w", err)
	}
	return nil
}
