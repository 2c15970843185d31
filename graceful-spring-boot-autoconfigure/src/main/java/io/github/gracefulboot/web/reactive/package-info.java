/**
 * Tracks requests and ends streams in reactive web applications, regardless of the
 * server. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.web.reactive;

import org.jspecify.annotations.NullMarked;
