/**
 * HTTP/1.1 over raw sockets, which repeats nothing and tells each failure as it is.
 * Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.test.http;

import org.jspecify.annotations.NullMarked;
