/**
 * Requests in flight in reactive web applications, whatever their server.
 */
@NullMarked
package io.github.gracefulboot.web.reactive;

import org.jspecify.annotations.NullMarked;
