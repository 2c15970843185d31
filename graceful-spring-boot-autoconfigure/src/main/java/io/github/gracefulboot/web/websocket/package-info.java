/**
 * Closes WebSocket sessions on Tomcat, Jetty and Reactor Netty when the drain begins.
 * Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.web.websocket;

import org.jspecify.annotations.NullMarked;
