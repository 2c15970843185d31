/**
 * Servlet containers: which requests are in flight and which are readiness probes.
 */
@NullMarked
package io.github.gracefulboot.web.servlet;

import org.jspecify.annotations.NullMarked;
