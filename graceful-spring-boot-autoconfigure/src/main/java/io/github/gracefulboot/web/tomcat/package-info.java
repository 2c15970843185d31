/**
 * Drains Tomcat's connectors. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.web.tomcat;

import org.jspecify.annotations.NullMarked;
