package io.github.gracefulboot.traffic;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who asks for readiness.
 *
 * @param address the remote address, without a port
 * @param userAgent the value of the header {@code User-Agent}, or {@code null} if there
 * is none
 */
public record Client(String address, @Nullable String userAgent) {

	@Override
	public String toString() {
		return (this.userAgent != null) ? this.address + " " + this.userAgent : this.address;
	}

}
