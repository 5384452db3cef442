package rest

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// transient reports whether a status may be another one soon.
func transient(status int) bool {
	return slices.Contains([]int{
		http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}, status)
}

// pause says how long to wait before the next attempt; false when there is to be
// none. A request that may change something is made again only when it was
// surely not carried out: it did not leave, or was refused for its frequency.
func (c *Client) pause(o outcome, p *prepared, tried int) (time.Duration, bool) {
	limits := c.service.o
	tooMany := o.answer.Status == http.StatusTooManyRequests
	switch {
	case tried >= limits.Attempts, !o.again, !(p.repeatable || o.unsent || tooMany):
		return 0, false
	case o.answer.Wait > limits.LongestPause:
		return 0, false
	case tooMany && o.answer.Wait == 0: // who does not say when is not pressed
		return 0, false
	}
	grown := min(limits.FirstPause<<min(tried-1, 16), limits.LongestPause)
	grown -= time.Duration(rand.Int64N(int64(grown)/2 + 1)) // so that many who failed together do not return together
	return max(grown, o.answer.Wait), true
}
