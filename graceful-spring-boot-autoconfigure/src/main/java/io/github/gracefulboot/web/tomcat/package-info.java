/**
 * Tomcat: an HTTP connector that can be drained.
 */
@NullMarked
package io.github.gracefulboot.web.tomcat;

import org.jspecify.annotations.NullMarked;
