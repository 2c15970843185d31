/**
 * Drains Jetty's connectors, including HTTP/2. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.web.jetty;

import org.jspecify.annotations.NullMarked;
