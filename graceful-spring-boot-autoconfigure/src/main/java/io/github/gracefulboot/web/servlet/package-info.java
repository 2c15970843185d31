/**
 * Tracks requests and ends streams in servlet containers. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.web.servlet;

import org.jspecify.annotations.NullMarked;
