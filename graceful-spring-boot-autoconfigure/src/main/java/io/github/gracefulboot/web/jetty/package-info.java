/**
 * Jetty: connectors that can be drained, HTTP/2 included.
 */
@NullMarked
package io.github.gracefulboot.web.jetty;

import org.jspecify.annotations.NullMarked;
