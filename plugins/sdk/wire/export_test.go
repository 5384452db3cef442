package wire

import "time"

// LastWord changes how long a call that was broken off may go on.
func (c *Client) LastWord(d time.Duration) *Client {
	c.lastWord = d
	return c
}
