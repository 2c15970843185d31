/**
 * WebSocket sessions: closed as their protocol has it when the drain begins, on Tomcat,
 * Jetty and Reactor Netty. New ones are refused from then on.
 */
@NullMarked
package io.github.gracefulboot.web.websocket;

import org.jspecify.annotations.NullMarked;
